"""Who called us: one file for each door. Unwrap, call one service, wrap the answer."""
