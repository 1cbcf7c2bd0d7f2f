// Model 'classifier', compiled by mote 0.1.0. Generated: change the model, not this file.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O2", "no-strict-aliasing")  // the arena holds values of several types, whatever flags the firmware is built with
#elif defined(__clang__)
#pragma clang diagnostic ignored "-Wunused-const-variable"  // descriptors state more than some kernels ask for
#endif

#include "classifier.hpp"
#include "classifier.h"

#include "mote/conv_2d_packed.hpp"
#include "mote/depthwise_conv_2d_3x3.hpp"
#include "mote/fully_connected_packed.hpp"
#include "mote/kernel.hpp"
#include "mote/pool.hpp"
#include "mote/softmax.hpp"

namespace classifier {

namespace {

alignas(4) const int32_t l0_matrix[] = {
    -16877697,-12191433,-422672963,-1224293447,1798900891,1843229194,1291569894,1430816455,1134067112,1330914477,36754,49820,
    107374190,-20941695,134217728,-14369067,161061279,187904829,
};
alignas(4) const int8_t l1_weights[] = {
    -48,60,28,2,98,112,-6,13,105,7,0,0,-53,118,-41,-64,-32,82,-56,88,-53,7,0,0,33,91,44,-82,-105,94,-105,-51,19,6,0,0,95,90,-28,
    -64,89,114,114,-126,53,6,0,0,
};
alignas(4) const int32_t l1_scaling[] = {
    0,1832519339,0,2015771307,0,1099511637,0,1191137621,
};
alignas(4) const int32_t l2_matrix[] = {
    442880,-156672,-363199646,-823154150,-314265136,-1024148534,-85899392,992,32,6,2061584256,32,6,2061584256,-3190,32,6,2061584256,
    32,6,
};
alignas(4) const int32_t l5_matrix[] = {
    -442368,0,639698060,-5898188,-121108233,3014616,-498216305,-2398,960,7,1649267343,960,7,1649267343,-620,960,7,0,1,1,
};
alignas(4) const int32_t l6_exponentials[] = {
    2147483647,1943123572,1758210936,1590894991,1439501330,1302515042,1178564005,1066408839,964926574,873101692,790014891,714835203,
    646809647,585257551,529562937,479168253,433569460,392309882,354976644,321196158,290630233,262973171,237947968,215304218,194815315,
    176276147,159501289,144322738,130588608,118161461,106916886,96742422,87536164,79205994,71668548,64848369,58677244,53093367,
    48040863,43469172,39332524,35589548,32202755,29138256,26365385,23856382,21586151,19531958,17673246,15991414,14469627,13092663,
    11846731,10719365,9699283,8776272,7941101,7185406,6501624,5882912,5323078,4816521,4358169,3943434,3568167,3228610,2921368,
    2643363,2391814,2164203,1958251,1771899,1603281,1450708,1312655,1187739,1074711,972439,879899,796166,720401,651846,589814,
    533686,482899,436945,395364,357741,323697,292893,265021,239801,216981,196332,177649,160743,145446,131605,119081,107749,97496,
    88218,79823,72227,65353,59134,53507,48415,43808,39639,35867,32453,29365,26571,24042,21754,19684,17811,16116,14582,13195,11939,
    10803,9775,8845,8003,7241,6552,5929,5365,4854,4392,3974,3596,3254,2944,2664,2410,2181,1973,1786,1616,1462,1323,1197,1083,
    980,887,802,726,657,594,538,487,440,398,361,326,295,267,242,219,198,179,162,147,133,120,109,98,89,81,73,66,60,54,49,44,40,
    36,33,30,27,24,22,20,18,16,15,13,12,11,10,9,8,7,7,6,5,5,4,4,4,3,3,3,2,2,2,2,2,1,1,1,1,1,1,1,1,1,1,1,
};

struct L0 {
  static constexpr int32_t batch = 1;
  static constexpr int32_t in_h = 6;
  static constexpr int32_t in_w = 5;
  static constexpr int32_t in_c = 1;
  static constexpr int32_t out_h = 6;
  static constexpr int32_t out_w = 5;
  static constexpr int32_t out_c = 4;
  static constexpr int32_t k_h = 3;
  static constexpr int32_t k_w = 3;
  static constexpr int32_t stride_h = 1;
  static constexpr int32_t stride_w = 1;
  static constexpr int32_t dilation_h = 1;
  static constexpr int32_t pad_top = 1;
  static constexpr int32_t pad_left = 1;
  static constexpr bool pads = true;
  static constexpr int32_t input_zero_point = -3;
  static constexpr int32_t clamp_min = -128;
  static constexpr int32_t clamp_max = 127;
  static constexpr int32_t whole_words = 18;
};
struct L1 {
  using Output = int8_t;
  static constexpr int32_t output_zero_point = 4;
  static constexpr int32_t clamp_min = -128;
  static constexpr int32_t clamp_max = 127;
  static constexpr int32_t batch = 1;
  static constexpr int32_t in_h = 6;
  static constexpr int32_t in_w = 5;
  static constexpr int32_t in_c = 4;
  static constexpr int32_t out_h = 3;
  static constexpr int32_t out_w = 3;
  static constexpr int32_t stride_h = 2;
  static constexpr int32_t stride_w = 2;
  static constexpr int32_t pad_top = 0;
  static constexpr int32_t pad_left = 1;
  static constexpr int32_t input_zero_point = -128;
  static constexpr int32_t chunk = 3;
};
struct L2 {
  static constexpr int32_t batch = 1;
  static constexpr int32_t in_h = 3;
  static constexpr int32_t in_w = 3;
  static constexpr int32_t in_c = 4;
  static constexpr int32_t out_h = 3;
  static constexpr int32_t out_w = 3;
  static constexpr int32_t out_c = 4;
  static constexpr int32_t k_h = 1;
  static constexpr int32_t k_w = 1;
  static constexpr int32_t stride_h = 1;
  static constexpr int32_t stride_w = 1;
  static constexpr int32_t dilation_h = 1;
  static constexpr int32_t pad_top = 0;
  static constexpr int32_t pad_left = 0;
  static constexpr bool pads = false;
  static constexpr int32_t clamp_min = -128;
  static constexpr int32_t clamp_max = 127;
  static constexpr int32_t whole_words = 20;
};
struct L3 {
  using Value = int8_t;
  static constexpr int32_t batch = 1;
  static constexpr int32_t in_h = 3;
  static constexpr int32_t in_w = 3;
  static constexpr int32_t in_c = 4;
  static constexpr int32_t out_h = 1;
  static constexpr int32_t out_w = 1;
  static constexpr int32_t out_c = 4;
  static constexpr int32_t k_h = 3;
  static constexpr int32_t k_w = 3;
  static constexpr int32_t stride_h = 1;
  static constexpr int32_t stride_w = 1;
  static constexpr int32_t dilation_h = 1;
  static constexpr int32_t dilation_w = 1;
  static constexpr int32_t pad_top = 0;
  static constexpr int32_t pad_left = 0;
  static constexpr int32_t clamp_min = -128;
  static constexpr int32_t clamp_max = 127;
};
struct L5 {
  static constexpr int32_t rows = 1;
  static constexpr int32_t depth = 4;
  static constexpr int32_t units = 3;
  static constexpr int32_t clamp_min = -128;
  static constexpr int32_t clamp_max = 127;
  static constexpr bool paired = true;
  static constexpr int32_t whole_words = 0;
  static constexpr int32_t last_words = 20;
};
struct L6 {
  static constexpr int32_t rows = 1;
  static constexpr int32_t depth = 3;
  using Output = int8_t;
  static constexpr int32_t entries = 222;
};

}  // namespace

void Model::run() noexcept {
  alignas(8) uint8_t scratch[320];
  mote::conv_2d_packed<L0>(at<int8_t>(92), l0_matrix, at<int8_t>(0), scratch);  // conv: 1x6x5x4
  mote::depthwise_conv_2d_3x3<L1>(at<int8_t>(0), l1_weights, l1_scaling, at<int8_t>(0), scratch);  // depthwise: 1x3x3x4
  mote::conv_2d_packed<L2>(at<int8_t>(0), l2_matrix, at<int8_t>(120), scratch);  // pointwise: 1x3x3x4
  mote::average_pool_2d<L3>(at<int8_t>(120), at<int8_t>(0));  // pool: 1x1x1x4
  mote::fully_connected_packed<L5>(at<int8_t>(0), l5_matrix, at<int8_t>(0), at<uint8_t>(8));  // dense: 1x3
  mote::softmax_int8_lookup<L6>(at<int8_t>(0), l6_exponentials, at<int8_t>(0));  // softmax: 1x3
}

}  // namespace classifier

static_assert(sizeof(classifier::Model) <= sizeof(classifier_model), "the C struct is large enough");

extern "C" {

int8_t* classifier_input0(classifier_model* model) { return reinterpret_cast<classifier::Model*>(model)->input0(); }
const int8_t* classifier_output0(const classifier_model* model) { return reinterpret_cast<const classifier::Model*>(model)->output0(); }
void classifier_run(classifier_model* model) { reinterpret_cast<classifier::Model*>(model)->run(); }
void classifier_reset(classifier_model* model) { reinterpret_cast<classifier::Model*>(model)->reset(); }
void classifier_restart(classifier_model* model) { reinterpret_cast<classifier::Model*>(model)->restart(); }

}  // extern "C"
