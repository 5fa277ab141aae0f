"""What an organizer does from the laptop while an event runs: see the hub, start and stop it, ask to keep it on."""
