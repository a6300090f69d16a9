"""The papers that officers must produce: their content once, and each form it goes out in."""
