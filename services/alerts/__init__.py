"""Sentry's alerts: from the webhook to the card, and the card's life after that."""
