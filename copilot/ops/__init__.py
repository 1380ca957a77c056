"""Files for those who watch a copilot: a dashboard for Grafana, alert rules for Prometheus."""
