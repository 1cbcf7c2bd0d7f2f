/* Model 'classifier' for C, compiled by mote 0.1.0. Generated: change the model, not this file. */
#ifndef CLASSIFIER_H
#define CLASSIFIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CLASSIFIER_ARENA_BYTES 156
#define CLASSIFIER_INPUT0_ELEMENTS 30
#define CLASSIFIER_INPUT0_SCALE 0.0078125F
#define CLASSIFIER_INPUT0_ZERO_POINT -3
#define CLASSIFIER_OUTPUT0_ELEMENTS 3
#define CLASSIFIER_OUTPUT0_SCALE 0.00390625F
#define CLASSIFIER_OUTPUT0_ZERO_POINT -128

/* The model's memory: static (all zero), or reset before the first run. */
typedef struct classifier_model {
#ifdef __cplusplus
  alignas(16) uint8_t bytes[160];
#else
  _Alignas(16) uint8_t bytes[160];
#endif
} classifier_model;

int8_t* classifier_input0(classifier_model* model);
const int8_t* classifier_output0(const classifier_model* model);
/* One inference: inputs must be written anew before each. */
void classifier_run(classifier_model* model);
/* Forgets all earlier inferences. */
void classifier_reset(classifier_model* model);
/* Forgets what a gap in the signal ends; what was learned stays. */
void classifier_restart(classifier_model* model);

#ifdef __cplusplus
}
#endif

#endif
