//! The machines: processes, files, pipes and sockets of all containers.
