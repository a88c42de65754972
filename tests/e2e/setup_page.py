"""What a person does on the bot's setup page."""

from playwright.sync_api import Page

from sandbox.sentry import Sentry


class SetupPage:
    """The page that a card's "Set up Sentry" opened."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.heading = page.get_by_role("heading", level=1)
        self.problem = page.get_by_role("alert")

    def connect(self, organization: str, token: str, secret: str, name: str = "") -> None:
        """Fill in the form and send it."""
        self.page.get_by_label("Organization slug").fill(organization)
        self.page.get_by_label("Token", exact=True).fill(token)
        self.page.get_by_label("Client secret").fill(secret)
        self.page.get_by_label("Your name").fill(name)
        self.page.get_by_role("button", name="Connect").click()

    def connect_to(self, sentry: Sentry) -> None:
        """Connect the organization of the sandbox."""
        self.connect(sentry.organization.slug, sentry.token, sentry.app.client_secret, "Alex Wilber")
