//! The control plane and the kubelet; knows no bash and no MySQL.
