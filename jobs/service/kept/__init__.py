"""Where requests and results lie: in the service's own folder, or in memory."""
