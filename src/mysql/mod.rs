//! mysqld, its clients and xtrabackup as programs; knows no Kubernetes.
