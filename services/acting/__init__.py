"""What people do to issues from Teams: as themselves, or as the integration where that is allowed."""
