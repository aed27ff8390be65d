"""Parts of a page that several pages, or one long page, use."""
