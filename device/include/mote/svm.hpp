#pragma once

#include "mote/kernel.hpp"

// The parts of support vector machines: SVM_KERNEL, PAIRWISE_CLASSES.

namespace mote {

/// x to a whole power of at least 1.
MOTE_INLINE float whole_power(float x, int32_t power) {
  float result = x;
  for (int32_t i = 1; i < power; ++i) result *= x;
  return result;
}

/// What L::kind (0 linear, 1 polynomial, 2 radial, 3 sigmoid) says of each of L::rows rows and L::vectors support vectors.
template <typename L>
MOTE_KERNEL void svm_kernel(const float* MOTE_RESTRICT in, const float* MOTE_RESTRICT vectors, float* MOTE_RESTRICT out) {
  for (int32_t row = 0; row < L::rows; ++row, in += L::features) {
    const float* vector = vectors;
    for (int32_t v = 0; v < L::vectors; ++v, vector += L::features) {
      float sum = 0.0F;
      for (int32_t i = 0; i < L::features; ++i) {
        if (L::kind == 2) {
          const float difference = in[i] - vector[i];
          sum += difference * difference;
        } else {
          sum += in[i] * vector[i];
        }
      }
      if constexpr (L::kind == 1) {
        const float base = L::gamma * sum + L::coef0;
        sum = L::whole_degree > 0 ? whole_power(base, L::whole_degree) : powf(base, L::degree);
      } else if constexpr (L::kind == 2) {
        sum = expf(-L::gamma * sum);
      } else if constexpr (L::kind == 3) {
        sum = tanhf(L::gamma * sum + L::coef0);
      }
      *out++ = sum;
    }
  }
}

/// Probabilities of classes from those of pairs, r[i][j] that i rather than j is right.
template <typename L>
MOTE_INLINE void fit_probabilities(const float (&r)[L::classes][L::classes], float* p) {
  constexpr int32_t kClasses = L::classes;
  constexpr int32_t kRounds = kClasses < 100 ? 100 : kClasses;
  float q[kClasses][kClasses];
  float qp[kClasses];
  for (int32_t t = 0; t < kClasses; ++t) {
    p[t] = 1.0F / static_cast<float>(kClasses);
    q[t][t] = 0.0F;
    for (int32_t j = 0; j < kClasses; ++j) {
      if (j == t) continue;
      q[t][t] += r[j][t] * r[j][t];
      q[t][j] = -r[j][t] * r[t][j];
    }
  }
  for (int32_t round = 0; round < kRounds; ++round) {
    float pqp = 0.0F;
    for (int32_t t = 0; t < kClasses; ++t) {
      qp[t] = 0.0F;
      for (int32_t j = 0; j < kClasses; ++j) qp[t] += q[t][j] * p[j];
      pqp += p[t] * qp[t];
    }
    float error = 0.0F;
    for (int32_t t = 0; t < kClasses; ++t) error = larger(error, fabsf(qp[t] - pqp));
    if (error < 0.005F / static_cast<float>(kClasses)) break;
    for (int32_t t = 0; t < kClasses; ++t) {
      const float step = (pqp - qp[t]) / q[t][t];
      p[t] += step;
      pqp = (pqp + step * (step * q[t][t] + 2.0F * qp[t])) / (1.0F + step) / (1.0F + step);
      for (int32_t j = 0; j < kClasses; ++j) {
        qp[j] = (qp[j] + step * q[t][j]) / (1.0F + step);
        p[j] /= 1.0F + step;
      }
    }
  }
}

/// The class that wins most of its pairs (0,1), (0,2), ..., (1,2), ...: a decision above 0 is for the first of the two; of classes that win
/// as many, the first. With probabilities: L::has_probabilities, then pairs' are 1 / (1 + exp(a d + b)), and classes' those that fit them
/// best (Wu, Lin and Weng 2004, their second method, as LIBSVM solves it).
template <typename L>
MOTE_KERNEL void pairwise_classes(const float* MOTE_RESTRICT decisions, const float* MOTE_RESTRICT a, const float* MOTE_RESTRICT b,
                                  int32_t* MOTE_RESTRICT labels, float* MOTE_RESTRICT probabilities) {
  constexpr int32_t kPairs = L::classes * (L::classes - 1) / 2;
  for (int32_t row = 0; row < L::rows; ++row, decisions += kPairs) {
    int32_t wins[L::classes] = {};
    for (int32_t i = 0, pair = 0; i < L::classes; ++i) {
      for (int32_t j = i + 1; j < L::classes; ++j, ++pair) ++wins[decisions[pair] > 0.0F ? i : j];
    }
    int32_t best = 0;
    for (int32_t i = 1; i < L::classes; ++i) best = wins[i] > wins[best] ? i : best;
    labels[row] = best;
    if constexpr (L::has_probabilities) {
      constexpr float kSmallest = 1e-7F;
      float r[L::classes][L::classes];
      for (int32_t i = 0, pair = 0; i < L::classes; ++i) {
        for (int32_t j = i + 1; j < L::classes; ++j, ++pair) {
          const float p = 1.0F / (1.0F + expf(a[pair] * decisions[pair] + b[pair]));
          r[i][j] = clamp(p, kSmallest, 1.0F - kSmallest);
          r[j][i] = 1.0F - r[i][j];
        }
      }
      fit_probabilities<L>(r, probabilities);
      probabilities += L::classes;
    }
  }
}

}  // namespace mote
