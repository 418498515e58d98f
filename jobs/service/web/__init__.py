"""HTTP: answers, who may ask what, bodies with their limits, connections that end, routes."""
