"""The shared floor: records, topics, the stage, settings, errors, telemetry, the command line."""
