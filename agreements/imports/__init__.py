"""Writers of tables that come as files: notifications, expense credits, allocations."""
