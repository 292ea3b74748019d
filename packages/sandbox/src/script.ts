/** Types for the authors of scripts. */
export {}
