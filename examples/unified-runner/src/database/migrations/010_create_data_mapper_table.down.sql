DROP TABLE data_mappers;
