"""What can be seen of a running copilot from outside: log lines, measures and traces, and what they are about."""
