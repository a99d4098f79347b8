"""Serves a WSGI application through granian's RSGI: bodies are read before a thread is taken."""
