"""The bot as people meet it: in the Agents Playground and in a browser. Runs with `make e2e` only."""

import pytest

pytest.register_assert_rewrite("tests.e2e.teams_client")
