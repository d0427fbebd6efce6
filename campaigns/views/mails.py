"""Mails as they arrive, on pages: what such a page may do."""

PAGE_POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'none'"],
    "font-src": ["'none'"],
    "connect-src": ["'none'"],
    "form-action": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["https:", "data:"],
    "frame-ancestors": ["'self'"],
    "sandbox": ["allow-popups"],
}
