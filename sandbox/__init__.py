"""Stand-ins for Microsoft's cloud and for Sentry: real local servers that check what they are sent.

Used by the tests, the demo and the benchmark, never by the bot. The bot reaches them by its environment alone.
"""
