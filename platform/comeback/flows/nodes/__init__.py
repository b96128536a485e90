"""The kinds of nodes a flow is made of, one class a file: wait, condition, send, exit."""
