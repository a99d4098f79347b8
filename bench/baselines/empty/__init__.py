"""An empty view: what the server and Django themselves cost."""
