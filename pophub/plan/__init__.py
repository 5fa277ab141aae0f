"""What an event needs, worked out from its file and two price tables; nothing here asks a cloud or a clock."""
