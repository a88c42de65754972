"""What a person does on the sandbox Sentry's own page."""

from playwright.sync_api import Locator, Page, expect

ISSUE = "ValueError: bad total"
WEB_1 = "WEB-1"


class SentryPage:
    """A window with Sentry in it: alerts are raised there, and issues seen and changed."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self._home = f"{url}/sandbox/"

    def raise_alert(self, title: str = ISSUE, project: str = "web") -> None:
        """Let a rule fire, for a new issue."""
        self._open()
        form = self.page.locator("form[action='/sandbox/alert']")
        form.get_by_label("Title").fill(title)
        form.get_by_label("project", exact=True).last.select_option(project)
        form.get_by_role("button", name="Raise issue alert").click()
        expect(self.page.get_by_role("status")).to_contain_text("200")

    def raise_metric_alert(self, state: str) -> None:
        """Let a metric alert change its state."""
        self._open()
        form = self.page.locator("form[action='/sandbox/metric']")
        form.get_by_label("state", exact=True).last.select_option(state)
        form.get_by_role("button", name="Raise metric alert").click()
        expect(self.page.get_by_role("status")).to_contain_text("200")

    def raise_storm(self, issue: str, times: int) -> None:
        """Let the same issue happen that many times more, as fast as can be."""
        number = self.page.locator("select[name=issue] option", has_text=issue).get_attribute("value") or ""
        form = {"title": ISSUE, "level": "error", "environment": "production", "project": "web", "rule": "Errors"}
        for _ in range(times):
            answer = self.page.request.post(f"{self._home}alert", form={**form, "issue": number, "place": ""})
            assert "said=" in answer.url

    def change(self, issue: str, button: str, person: str = "Ravi") -> None:
        """Press a button beside an issue."""
        row = self.row(issue)
        row.get_by_label("as").first.select_option(person)
        row.get_by_role("button", name=button, exact=True).click()
        expect(self.page.get_by_role("status")).to_have_text("Changed")

    def comment(self, issue: str, text: str, person: str = "Ravi") -> None:
        """Write a comment under an issue."""
        row = self.row(issue)
        row.get_by_label("as").last.select_option(person)
        row.get_by_label("comment").fill(text)
        row.get_by_role("button", name="Comment").click()
        expect(self.page.get_by_role("status")).to_have_text("Commented")

    def row(self, issue: str) -> Locator:
        """The issue's row, as it is now."""
        self._open()
        return self.page.locator(f"tr[id='{issue}']")

    def _open(self) -> None:
        self.page.bring_to_front()
        self.page.goto(self._home)


def sign_in(page: Page, person: str = "Dana") -> None:
    """Follow the bot's sign-in page to Sentry, and approve there."""
    page.get_by_role("link", name="Sentry").first.click()
    approve(page, person)


def approve(page: Page, person: str = "Dana") -> None:
    """Approve on Sentry's page."""
    page.get_by_label("user").select_option(person)
    page.get_by_role("button", name="Approve").click()
