"""The two home pages: what each side sees first, put together from all apps."""
