"""What a person does in the Agents Playground's window."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, Route, expect

BOT = "Test Bot"
PERSONAL = "Personal Chat"
GROUP_CHAT = "Group Chat"
GENERAL = "My Team - General"
ANNOUNCEMENTS = "My Team - Announcements"
PICTURES = Path(__file__).resolve().parents[2] / "artifacts" / "e2e"
# The Playground's log has a line for each activity that the bot has answered; only good answers count here.
ANSWERED = r"-> User Application\s*{kind}\s*2\d\d"
COUNT = "pattern => (document.body.textContent.match(new RegExp(pattern, 'g')) || []).length"
# A second card, or an answer that must not come, would come after the one that was waited for.
MOMENT = 500


class TeamsClient:
    """One person's window. (Re)loaded, it starts empty, and each place installs the bot when it is first opened."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self._url = url
        self.cards = page.locator(".ac-adaptiveCard")

    def open(self) -> None:
        """Load the window; returns when the bot has answered both events of the install in the personal chat."""
        self.page.goto(self._url)
        self._wait_until_answered({"installationUpdate": 1, "conversationUpdate": 1})

    def install_in(self, place: str) -> None:
        """Open a place for the first time; returns when the bot has answered both events of the install."""
        with self._answering("installationUpdate", "conversationUpdate"):
            self.go_to(place)

    def go_to(self, place: str) -> None:
        """Open a chat or channel."""
        self.page.get_by_role("treeitem", name=place).click()

    def look(self) -> None:
        """Bring the window to the front: the browser draws nothing behind another one."""
        self.page.bring_to_front()

    def card(self, text: str) -> Locator:
        """The cards in the open place that say `text`."""
        return self.cards.filter(has_text=text)

    def expect_cards(self, *titles: str) -> None:
        """Check that the open place holds exactly these cards (in any order), and that no other one follows."""
        expect(self.cards).to_have_count(len(titles))
        self.page.wait_for_timeout(MOMENT)
        shown = self.page.locator(".ac-adaptiveCard [role=heading]").all_inner_texts()
        assert sorted(shown) == sorted(titles)

    def say(self, text: str) -> None:
        """Write to the bot in the personal chat; returns when it has answered."""
        with self._answering("message"):
            self._box.click()
            self.page.keyboard.type(text)
            self.page.keyboard.press("Enter")

    def mention(self, text: str) -> None:
        """Write to the bot, chosen from the list that opens at "@" (in a channel: in reply to its first card)."""
        with self._answering("message"):
            self._box.click()
            self.page.keyboard.type(f"@{BOT}")
            people = self.page.get_by_role("listbox", name="Typeahead menu").get_by_role("menuitem")
            people.filter(has_text=BOT).last.click()
            self.page.keyboard.type(text)
            self.page.keyboard.press("Enter")

    def press(self, card: Locator, button: str, kind: str, *, last: bool = False) -> None:
        """Press a button that tells the bot something, as an activity of that kind.

        last: of several with that name, the one below the others.
        """
        buttons = card.get_by_role("button", name=button, exact=True)
        with self._answering(kind):
            (buttons.last if last else buttons).click()

    def unfold(self, card: Locator, button: str, inside: Locator) -> None:
        """Open the part of a card that is behind a button. The Playground folds it when it draws the card anew."""
        for _ in range(5):
            card.get_by_role("button", name=button, exact=True).first.click()
            self.page.wait_for_timeout(MOMENT)
            if inside.is_visible():
                return

    def choose_from(self, card: Locator, button: str, name: str) -> None:
        """Type a part of a name behind a button, and choose it from the list that the card brought with it.

        The Playground asks the bot for nothing while one types.
        """
        box = card.get_by_role("combobox")
        self.unfold(card, button, box)
        box.click()
        self.page.keyboard.type(name[:3])
        self.page.get_by_role("option", name=name).click()

    def mock(self, event: str, kind: str) -> None:
        """Send an event from "Mock an Activity"; it is an activity of that kind."""
        with self._answering(kind):
            self.page.get_by_role("button", name="Mock an Activity", exact=True).click()
            self.page.get_by_role("menuitem").filter(has=self.page.get_by_text(event, exact=True)).click()
            self.page.get_by_role("dialog").get_by_role("button", name="Send activity").click()

    def rename_team(self, name: str) -> None:
        """Send "Rename team" with that name."""

        def rename(route: Route) -> None:
            # Its dialog is an editor that draws only the lines in sight, so the JSON is edited behind it.
            activity = json.loads(route.request.post_data or "")
            activity["channelData"]["team"]["name"] = name
            route.continue_(post_data=json.dumps(activity))

        self.page.route("**/customActivities", rename)
        self.mock("Rename team", "conversationUpdate")
        self.page.unroute("**/customActivities")

    def open_link(self, card: Locator, name: str) -> Page:
        """Press a button that leads to the browser; returns the page that opened."""
        with self.page.context.expect_page() as opened:
            card.get_by_role("link", name=name).click()
        return opened.value

    @property
    def _box(self) -> Locator:
        # In a channel the last one answers the bot's first card. The Playground has another one for new posts, but when
        # the bot's answer to a new post overtakes the answer to the post itself, it is not shown.
        return self.page.get_by_role("textbox").last

    @contextmanager
    def _answering(self, *kinds: str) -> Iterator[None]:
        self.page.bring_to_front()  # the browser draws nothing, and so answers no click, behind another page
        before = {kind: self._answered(kind) for kind in kinds}
        yield
        self._wait_until_answered({kind: count + 1 for kind, count in before.items()})

    def _answered(self, kind: str) -> int:
        return int(self.page.evaluate(COUNT, ANSWERED.format(kind=kind)))

    def _wait_until_answered(self, counts: dict[str, int]) -> None:
        for kind, count in counts.items():
            enough = f"([pattern, count]) => ({COUNT})(pattern) >= count"
            self.page.wait_for_function(enough, arg=[ANSWERED.format(kind=kind), count], polling=50)


def keep_picture(shown: Page | Locator, name: str) -> None:
    """Keep what a page, or a part of it, shows as artifacts/e2e/<name>.png."""
    page = shown if isinstance(shown, Page) else shown.page
    page.bring_to_front()  # of what is behind another page there is no picture
    shown.screenshot(path=PICTURES / f"{name}.png")
