"""The formats a question can come from or go to; pure, no Django import."""
