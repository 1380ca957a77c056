"""What an edit of the knowledge does to the answers, before it is published (decisions/0035)."""
