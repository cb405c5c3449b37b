include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(downloaded GLOBAL PROPERTY LPNTK_DOWNLOADED)
if(downloaded)
    message(WARNING "An installed lpntk is found only where these are installed, too, which were downloaded here: ${downloaded}")
endif()

set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/lpntk)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/lpntkConfigVersion.cmake
    COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)

install(DIRECTORY include/lpntk TYPE INCLUDE)
install(TARGETS lpntk EXPORT lpntkTargets)
install(EXPORT lpntkTargets NAMESPACE lpntk:: DESTINATION ${package_dir})
install(FILES cmake/lpntkConfig.cmake cmake/find_torch.cmake cmake/find_mpi.cmake ${PROJECT_BINARY_DIR}/lpntkConfigVersion.cmake DESTINATION ${package_dir})
configure_file(cmake/packaging/lpntk.pc.in lpntk.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/lpntk.pc DESTINATION ${CMAKE_INSTALL_DATADIR}/pkgconfig)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/lpntk)
