/* Model 'regression' for C, compiled by mote 0.1.0. Generated: change the model, not this file. */
#ifndef REGRESSION_H
#define REGRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define REGRESSION_ARENA_BYTES 24
#define REGRESSION_INPUT0_ELEMENTS 3
#define REGRESSION_OUTPUT0_ELEMENTS 1

/* The model's memory: static (all zero), or reset before the first run. */
typedef struct regression_model {
#ifdef __cplusplus
  alignas(16) uint8_t bytes[32];
#else
  _Alignas(16) uint8_t bytes[32];
#endif
} regression_model;

float* regression_input0(regression_model* model);
const float* regression_output0(const regression_model* model);
/* One inference: inputs must be written anew before each. */
void regression_run(regression_model* model);
/* Forgets all earlier inferences. */
void regression_reset(regression_model* model);
/* Forgets what a gap in the signal ends; what was learned stays. */
void regression_restart(regression_model* model);

#ifdef __cplusplus
}
#endif

#endif
