"""Which machine computes, threads around kernels, and working memory."""
