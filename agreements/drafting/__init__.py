"""Drawing up an agreement form by form: what the forms hold, how they are kept, judged and compared."""
