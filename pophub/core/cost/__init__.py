"""What an event costs: before, during, after. Money is Decimal and exact; only a form rounds it. It asks no cloud."""
