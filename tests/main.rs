//! One integration binary: each module judges one part against outside truth.

<<<<<<< HEAD
mod export;
=======
mod kube;
>>>>>>> 2db1c4f (Let controllers, kubelets, names and routes run as Kubernetes 1.36 does)
mod tidy;
mod verdicts;
