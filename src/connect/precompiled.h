#pragma once
// Precompiled for all files of this folder and its tests (cmake/module.cmake).
#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>
#include <spark/connect/base.pb.h>
