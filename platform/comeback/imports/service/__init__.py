"""The use cases of imports: uploading and showing, running, applying."""
