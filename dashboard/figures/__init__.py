"""Arrays in, go.Figure out; nothing here knows Streamlit."""
