/* Model 'stream' for C, compiled by mote 0.1.0. Generated: change the model, not this file. */
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define STREAM_ARENA_BYTES 32
#define STREAM_INPUT0_ELEMENTS 8
#define STREAM_INPUT0_SCALE 0.0500000007F
#define STREAM_INPUT0_ZERO_POINT 2
#define STREAM_INPUT1_ELEMENTS 4
#define STREAM_INPUT1_SCALE 0.0500000007F
#define STREAM_INPUT1_ZERO_POINT 2
#define STREAM_OUTPUT0_ELEMENTS 2
#define STREAM_OUTPUT0_SCALE 0.00390625F
#define STREAM_OUTPUT0_ZERO_POINT -128
#define STREAM_OUTPUT1_ELEMENTS 4
#define STREAM_OUTPUT1_SCALE 0.0799999982F
#define STREAM_OUTPUT1_ZERO_POINT -1

/* The model's memory: static (all zero), or reset before the first run. */
typedef struct stream_model {
#ifdef __cplusplus
  alignas(16) uint8_t bytes[48];
#else
  _Alignas(16) uint8_t bytes[48];
#endif
} stream_model;

int8_t* stream_input0(stream_model* model);
int8_t* stream_input1(stream_model* model);
const int8_t* stream_output0(const stream_model* model);
const int8_t* stream_output1(const stream_model* model);
/* One inference: inputs must be written anew before each. */
void stream_run(stream_model* model);
/* Forgets all earlier inferences. */
void stream_reset(stream_model* model);
/* Forgets what a gap in the signal ends; what was learned stays. */
void stream_restart(stream_model* model);

#ifdef __cplusplus
}
#endif

#endif
