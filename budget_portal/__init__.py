"""The ground under all apps."""
