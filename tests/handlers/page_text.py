"""A page as a person perceives it: its text, its title, its fields, and what it loads."""

from html.parser import HTMLParser


class PageText(HTMLParser):
    """`text` is one line; `fields`: name → value of inputs and selects; `loads`: what the browser fetches."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._words: list[str] = []
        self.fields: dict[str, str] = {}
        self.marked: dict[str, dict[str, str | None]] = {}
        self.loads: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.action = ""
        self._select = ""
        self.feed(html)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._words).split())

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.attributes |= given.keys()
        self._keep_field(tag, given)
        if tag == "form":
            self.action = given["action"] or ""
        if tag == "a":
            self.links.append(given["href"] or "")
        if tag in ("img", "link", "script"):
            self.loads.append(given.get("src") or given.get("href") or "")

    def _keep_field(self, tag: str, given: dict[str, str | None]) -> None:
        name = given.get("name") or ""
        if tag in ("input", "select"):
            self.fields[name] = given.get("value") or ""
            self.marked[name] = given
            self._select = name
        elif tag == "option" and ("selected" in given or not self.fields[self._select]):
            self.fields[self._select] = given["value"] or ""
