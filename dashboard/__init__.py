"""What people see: a Streamlit dashboard over the datasets, the runs and the models."""
