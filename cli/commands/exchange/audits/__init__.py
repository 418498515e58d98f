"""Commands of audits: bundles and the page."""
