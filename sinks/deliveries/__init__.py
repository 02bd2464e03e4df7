"""Deliveries to departments' own systems and boxes: each event once per destination, however long that one is away."""
