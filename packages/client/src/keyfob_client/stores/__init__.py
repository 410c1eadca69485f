"""Where a registration is kept between starts."""
