"""`python -m sandbox` starts Microsoft's side and Sentry's, prints how to reach them, and runs until Ctrl-C."""

import argparse
import contextlib
import shlex
import signal
import threading
from collections.abc import Mapping

from sandbox.microsoft import Microsoft
from sandbox.sentry import Sentry


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="Sentry's port (default: a free one)")
    parser.add_argument("--webhook-url", default="", help="where Sentry's webhooks go (the bot's /sentry/webhook)")
    parser.add_argument("--sentry-only", action="store_true", help="without Microsoft's side")
    return parser.parse_args()


def _export(environment: Mapping[str, str]) -> None:
    for name, value in environment.items():
        print(f"export {name}={shlex.quote(value)}")


def _describe_microsoft(microsoft: Microsoft) -> None:
    print("# Microsoft's side: give this to the bot")
    _export(microsoft.environment)
    _export({"MicrosoftAppId": microsoft.app_id, "MicrosoftAppPassword": microsoft.app_secret})
    _export({"MicrosoftAppType": "SingleTenant", "MicrosoftAppTenantId": microsoft.tenant_id})
    print("# For MicrosoftAppType=UserAssignedMSI these as well")
    _export(microsoft.managed_identity_environment)


def _describe_sentry(sentry: Sentry, webhook_url: str) -> None:
    sentry.app.webhook_url = webhook_url
    print("# Sentry's side")
    _export({"SENTRY_URLS": sentry.url})
    print(f"# On the setup page: organization {sentry.organization.slug}, token {sentry.token}")
    print(
        f"# The integration's client secret: {sentry.app.client_secret}; its webhooks go to {webhook_url or 'nobody'}"
    )
    print(f"# Raise alerts and look at issues: {sentry.url}/sandbox/")


def main() -> None:
    """Runs until interrupted."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.ExitStack() as running, contextlib.suppress(KeyboardInterrupt):
        if not arguments.sentry_only:
            _describe_microsoft(running.enter_context(Microsoft()))
        _describe_sentry(running.enter_context(Sentry(arguments.port)), arguments.webhook_url)
        print("# Running until Ctrl-C", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
