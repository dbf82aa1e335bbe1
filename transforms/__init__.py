"""What is done to pictures and annotations: pure work modules, and the thin Beam stages that wire them."""
