"""`python bot.py package`: writes the Teams app package, ready to upload."""

import argparse
import re
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import settings_rules as rules
from commands import Subparsers
from commands.app_package import Facts, build_manifest, manifest_problems, zipped
from settings import DATA, HOME, Environment, read_environment

VERSION = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}")


def add_parser(subparsers: Subparsers) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("package", help="write the app package for Teams from MicrosoftAppId and PUBLIC_URL")
    parser.add_argument("--output", type=Path, help="the zip to write (default: under data/)")
    parser.add_argument("--version", default=_own_version(), help="Teams updates an app only when this grew")
    parser.add_argument("--name", default="Sentry for Teams", help="what people see in Teams, up to 30 characters")
    parser.add_argument("--developer", default="The operators of this bot", help="who runs it, up to 32 characters")
    for page in ("website", "privacy", "terms"):
        parser.add_argument(f"--{page}", default="", help=f"address of the {page} page (default: the bot's own page)")


def run(args: argparse.Namespace) -> int:
    """Write the zip; 2 and a list of what is missing or wrong when that cannot be done."""
    problems: list[str] = []
    facts = read_facts(read_environment(), args, problems)
    manifest = build_manifest(facts)
    problems = problems or manifest_problems(manifest)
    if problems:
        sys.stderr.write("The app package cannot be written:\n" + "".join(f"  - {problem}\n" for problem in problems))
        return 2
    path = _write(args.output or DATA / f"teams-app-{facts.version}.zip", zipped(manifest))
    sys.stdout.write(f"{path}\nBot {facts.app_id} at {facts.domain}, version {facts.version}.\n{UPLOAD}\n")
    return 0


UPLOAD = "Upload it in Teams: Apps → Manage your apps → Upload an app; for everybody: the Teams admin center."


def read_facts(env: Environment, args: argparse.Namespace, problems: list[str]) -> Facts:
    """Return what the manifest needs from the settings and the options; adds what is missing or wrong to `problems`.

    No secret is needed, so the package can be written where none is: the settings are not loaded as a whole.
    """
    if not rules.GUID.fullmatch(env.app_id.strip()):
        problems.append(f"MicrosoftAppId is {env.app_id!r}; it must be the bot's GUID")
    if not VERSION.fullmatch(args.version):
        problems.append(f"--version is {args.version!r}; it must be like 1.2.3")
    address = _public_address(env, problems)
    return Facts(
        app_id=env.app_id.strip().lower(),
        domain=urlsplit(address).hostname or "",
        version=args.version,
        name=args.name,
        developer=args.developer,
        sentry_hosts=_sentry_hosts(env),
        **{page: _page(page, getattr(args, page), address, problems) for page in ("website", "privacy", "terms")},
    )


def _public_address(env: Environment, problems: list[str]) -> str:
    named = env.public_url.strip() or (f"https://{env.website_hostname}" if env.website_hostname else "")
    if not named:
        problems.append("PUBLIC_URL is missing: the https:// address where people reach the bot")
        return ""
    wrong: list[str] = []
    address = rules.url("PUBLIC_URL", named, wrong, plain_http=False)
    if not wrong and (urlsplit(address).scheme != "https" or urlsplit(address).hostname in rules.LOOPBACK):
        wrong.append(f"PUBLIC_URL is {address!r}; Teams reaches the bot only at a public https:// address")
    problems += wrong
    return "" if wrong else address


def _sentry_hosts(env: Environment) -> tuple[str, ...]:
    urls = rules.words(env.sentry_urls) or ["https://sentry.io"]
    return tuple(urlsplit(rules.url("SENTRY_URLS", url, [], plain_http=True)).hostname or "" for url in urls)


def _page(page: str, named: str, address: str, problems: list[str]) -> str:
    if not named:
        return f"{address}/" if page == "website" else f"{address}/{page}"
    return rules.url(f"--{page}", named, problems, plain_http=False)


def _own_version() -> str:
    project = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))
    return str(project["project"]["version"])


def _write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
