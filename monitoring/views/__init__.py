"""Thin views: find within scope, call a verb, answer with a page or a redirect."""
