"""Which department: the areas of the house's own table, told apart by the model and by the departments' own words."""
