"""An expert's answer → draft → approved → a document that is found, and everybody who asked is told."""
