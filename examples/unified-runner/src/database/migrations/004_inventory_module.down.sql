DROP TABLE inventory_items;
DROP TABLE suppliers;
DROP TABLE inventory_categories;
DROP TABLE inventory_locations;
